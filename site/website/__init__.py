"""The reference site that hosts the marketplace: settings, addresses, editorial pages, skin and demonstration."""
