"""What Saleor charges for a query: listed fields cost one, times the page sizes around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    VariableNode,
    get_named_type,
)

COST_LIMIT = 50_000
_FIELDS = {
    "Query": (
        "app apps appsInstallations categories category channel channels checkout checkouts collection collections "
        "draftOrders me order orders product products productType productTypes productVariant productVariants "
        "shippingZone shippingZones stock stocks taxClasses warehouse warehouses webhook"
    ),
    "Allocation": "warehouse",
    "App": "problems tokens webhooks",
    "Category": "parent",
    "Checkout": "billingAddress channel lines shippingAddress shippingMethods transactions user",
    "Fulfillment": "lines warehouse",
    "FulfillmentLine": "orderLine",
    "Order": (
        "billingAddress channel deliveryMethod events fulfillments lines shippingAddress shippingMethods "
        "transactions user"
    ),
    "OrderLine": "allocations variant",
    "Product": ("category channelListings collections defaultVariant description productType variants productVariants"),
    "ProductChannelListing": "channel",
    "ProductVariant": "channelListings pricing product",
    "ProductVariantChannelListing": "channel",
    "ShippingMethodChannelListing": "channel",
    "ShippingZone": "channels countries warehouses",
    "Stock": "productVariant",
    "User": "userPermissions",
}
_CHARGED = {type_name: frozenset(names.split()) for type_name, names in _FIELDS.items()}
_SIZES = ("first", "last", "limit")
Variables = Mapping[str, Any]


def cost_of(schema: GraphQLSchema, document: DocumentNode, variables: Variables) -> int:
    """The charge for every operation of a document."""
    counting = _Counting(schema, document, variables)
    total = 0
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            total += counting.selections(node.selection_set.selections, schema.get_root_type(node.operation), 1)
    return total


class _Counting:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Variables) -> None:
        self.schema = schema
        self.variables = variables
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def selections(self, nodes: Sequence[SelectionNode], parent: GraphQLNamedType | None, times: int) -> int:
        """Of fragments on several types the dearest counts: an object is of one type only."""
        total = 0
        by_type: dict[str, int] = defaultdict(int)
        for node in nodes:
            if isinstance(node, FieldNode):
                total += self.field(node, parent, times)
                continue
            inner: InlineFragmentNode | FragmentDefinitionNode | None = None
            if isinstance(node, InlineFragmentNode):
                inner = node
            elif isinstance(node, FragmentSpreadNode):
                inner = self.fragments.get(node.name.value)
            if inner is not None:
                condition = inner.type_condition.name.value if inner.type_condition else None
                kind = self.schema.get_type(condition) if condition else parent
                by_type[condition or ""] += self.selections(inner.selection_set.selections, kind, times)
        return total + max(by_type.values(), default=0)

    def field(self, node: FieldNode, parent: GraphQLNamedType | None, times: int) -> int:
        definition = getattr(parent, "fields", {}).get(node.name.value)
        if parent is None or definition is None:
            return 0
        charged = node.name.value in _CHARGED.get(parent.name, ())
        if charged:
            times *= self.page_size(node)
        inner = node.selection_set.selections if node.selection_set else ()
        return (times if charged else 0) + self.selections(inner, get_named_type(definition.type), times)

    def page_size(self, node: FieldNode) -> int:
        size = 0
        for argument in node.arguments or ():
            if argument.name.value in _SIZES:
                size += self._number(argument.value)
        return max(size, 1)

    def _number(self, value: Any) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value)
        given = self.variables.get(value.name.value) if isinstance(value, VariableNode) else None
        return given if isinstance(given, int) and given > 0 else 0
