"""What people at a vendor do with an order: answer, send, enter the fapiao."""
