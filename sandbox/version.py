"""The Saleor this shop says it is."""

VERSION = "3.23.28"
SCHEMA_VERSION = "3.23"
