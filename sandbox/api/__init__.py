"""GraphQL as Saleor speaks it: ids, permissions, errors, pages, limits."""
