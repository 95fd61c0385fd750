"""Reports of prices and goods (举报): anybody tells, the county's officers decide by a day, the vendor is heard, nobody is named."""
