"""Every operation the scenarios ask of a shop. Each validates against Saleor's schema; the sandbox speaks them too."""

ERRORS = "errors { field message code }"

SIGN_IN = f"""mutation SignIn($email: String!, $password: String!) {{
  tokenCreate(email: $email, password: $password) {{ token {ERRORS} }}
}}"""


CREATE_CHANNEL = f"""mutation CreateChannel($input: ChannelCreateInput!) {{
  channelCreate(input: $input) {{ channel {{ id slug }} {ERRORS} }}
}}"""
UPDATE_CHANNEL = f"""mutation UpdateChannel($id: ID!, $input: ChannelUpdateInput!) {{
  channelUpdate(id: $id, input: $input) {{ channel {{ id }} {ERRORS} }}
}}"""
DELETE_CHANNEL = f"""mutation DeleteChannel($id: ID!, $heir: ID!) {{
  channelDelete(id: $id, input: {{ channelId: $heir }}) {{ {ERRORS} }}
}}"""
REORDER_WAREHOUSES = f"""mutation ReorderWarehouses($channel: ID!, $moves: [ReorderInput!]!) {{
  channelReorderWarehouses(channelId: $channel, moves: $moves) {{ {ERRORS} }}
}}"""
CHANNELS = """query Channels {
  channels { id slug isActive stockSettings { allocationStrategy } warehouses { id slug name } }
}"""

CREATE_WAREHOUSE = f"""mutation CreateWarehouse($input: WarehouseCreateInput!) {{
  createWarehouse(input: $input) {{ warehouse {{ id slug }} {ERRORS} }}
}}"""
DELETE_WAREHOUSE = f"""mutation DeleteWarehouse($id: ID!) {{ deleteWarehouse(id: $id) {{ {ERRORS} }} }}"""

CREATE_ZONE = f"""mutation CreateZone($input: ShippingZoneCreateInput!) {{
  shippingZoneCreate(input: $input) {{ shippingZone {{ id }} {ERRORS} }}
}}"""
DELETE_ZONE = f"""mutation DeleteZone($id: ID!) {{ shippingZoneDelete(id: $id) {{ {ERRORS} }} }}"""
CREATE_METHOD = f"""mutation CreateMethod($input: ShippingPriceInput!) {{
  shippingPriceCreate(input: $input) {{ shippingMethod {{ id }} {ERRORS} }}
}}"""
LIST_METHOD = f"""mutation ListMethod($id: ID!, $input: ShippingMethodChannelListingInput!) {{
  shippingMethodChannelListingUpdate(id: $id, input: $input) {{ {ERRORS} }}
}}"""

CREATE_TYPE = f"""mutation CreateType($input: ProductTypeInput!) {{
  productTypeCreate(input: $input) {{ productType {{ id }} {ERRORS} }}
}}"""
DELETE_TYPE = f"""mutation DeleteType($id: ID!) {{ productTypeDelete(id: $id) {{ {ERRORS} }} }}"""
CREATE_CATEGORY = f"""mutation CreateCategory($input: CategoryInput!) {{
  categoryCreate(input: $input) {{ category {{ id slug }} {ERRORS} }}
}}"""
DELETE_CATEGORY = f"""mutation DeleteCategory($id: ID!) {{ categoryDelete(id: $id) {{ {ERRORS} }} }}"""
CREATE_PRODUCT = f"""mutation CreateProduct($input: ProductCreateInput!) {{
  productCreate(input: $input) {{ product {{ id }} {ERRORS} }}
}}"""
DELETE_PRODUCT = f"""mutation DeleteProduct($id: ID!) {{ productDelete(id: $id) {{ {ERRORS} }} }}"""
LIST_PRODUCT = f"""mutation ListProduct($id: ID!, $input: ProductChannelListingUpdateInput!) {{
  productChannelListingUpdate(id: $id, input: $input) {{ {ERRORS} }}
}}"""
CREATE_VARIANT = f"""mutation CreateVariant($input: ProductVariantCreateInput!) {{
  productVariantCreate(input: $input) {{ productVariant {{ id sku }} {ERRORS} }}
}}"""
LIST_VARIANT = f"""mutation ListVariant($id: ID!, $input: [ProductVariantChannelListingAddInput!]!) {{
  productVariantChannelListingUpdate(id: $id, input: $input) {{ {ERRORS} }}
}}"""
VARIANT = """query Variant($id: ID!, $channel: String, $country: CountryCode) {
  productVariant(id: $id, channel: $channel) {
    quantityAvailable(countryCode: $country)
    metadata { key value }
  }
}"""
STOCKS = """query Stocks($id: ID!) {
  productVariant(id: $id) { stocks { warehouse { id slug } quantity quantityAllocated } }
}"""
SET_STOCKS = f"""mutation SetStocks($variant: ID!, $stocks: [StockInput!]!) {{
  productVariantStocksUpdate(variantId: $variant, stocks: $stocks) {{ {ERRORS} }}
}}"""
PUSH_STOCKS = f"""mutation PushStocks($stocks: [StockBulkUpdateInput!]!) {{
  stockBulkUpdate(stocks: $stocks) {{ count results {{ {ERRORS} }} {ERRORS} }}
}}"""

CREATE_CHECKOUT = f"""mutation CreateCheckout($input: CheckoutCreateInput!) {{
  checkoutCreate(input: $input) {{
    checkout {{ id shippingMethods {{ id }} totalPrice {{ gross {{ amount currency }} }} }} {ERRORS}
  }}
}}"""
SET_DELIVERY = f"""mutation SetDelivery($id: ID!, $method: ID!) {{
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {{
    checkout {{ id totalPrice {{ gross {{ amount currency }} }} }} {ERRORS}
  }}
}}"""
PAY = f"""mutation Pay($id: ID!, $transaction: TransactionCreateInput!) {{
  transactionCreate(id: $id, transaction: $transaction) {{ transaction {{ id }} {ERRORS} }}
}}"""
COMPLETE = f"""mutation Complete($id: ID!) {{
  checkoutComplete(id: $id) {{ order {{ id number status }} {ERRORS} }}
}}"""

CREATE_DRAFT = f"""mutation CreateDraft($input: DraftOrderCreateInput!) {{
  draftOrderCreate(input: $input) {{ order {{ id shippingMethods {{ id }} }} {ERRORS} }}
}}"""
SHIP_DRAFT = f"""mutation ShipDraft($id: ID!, $method: ID!) {{
  orderUpdateShipping(order: $id, input: {{ shippingMethod: $method }}) {{ {ERRORS} }}
}}"""
COMPLETE_DRAFT = f"""mutation CompleteDraft($id: ID!) {{
  draftOrderComplete(id: $id) {{ order {{ id number status }} {ERRORS} }}
}}"""
TAX_CLASSES = "query TaxClasses { taxClasses(first: 1) { edges { node { id } } } }"
IMPORT_ORDERS = """mutation ImportOrders($orders: [OrderBulkCreateInput!]!, $policy: StockUpdatePolicyEnum) {
  orderBulkCreate(orders: $orders, stockUpdatePolicy: $policy) {
    results { order { id number } errors { path message } } errors { path message }
  }
}"""
ORDER = """query Order($id: ID!) {
  order(id: $id) {
    id number status created origin metadata { key value }
    lines {
      id quantity quantityFulfilled variant { id sku } metadata { key value }
      allocations { quantity warehouse { id } }
    }
    fulfillments { id status trackingNumber warehouse { id } lines { id quantity orderLine { id } } }
    events { type message date }
  }
}"""
ORDERS_OF_CHANNEL = """query OrdersOfChannel($channel: ID!) {
  orders(first: 100, where: { channelId: { eq: $channel } }) { edges { node { id status } } }
}"""
SET_LINE_QUANTITY = f"""mutation SetLineQuantity($id: ID!, $quantity: Int!) {{
  orderLineUpdate(id: $id, input: {{ quantity: $quantity }}) {{ {ERRORS} }}
}}"""
CONFIRM_ORDER = f"""mutation ConfirmOrder($id: ID!) {{ orderConfirm(id: $id) {{ {ERRORS} }} }}"""
MARK_PAID = f"""mutation MarkPaid($id: ID!) {{ orderMarkAsPaid(id: $id) {{ {ERRORS} }} }}"""
CANCEL_ORDER = f"""mutation CancelOrder($id: ID!) {{ orderCancel(id: $id) {{ {ERRORS} }} }}"""
FULFIL = f"""mutation Fulfil($order: ID!, $input: OrderFulfillInput!) {{
  orderFulfill(order: $order, input: $input) {{ fulfillments {{ id status }} {ERRORS} }}
}}"""
APPROVE = f"""mutation Approve($id: ID!) {{
  orderFulfillmentApprove(id: $id, notifyCustomer: false) {{ {ERRORS} }}
}}"""
CANCEL_FULFILMENT = f"""mutation CancelFulfilment($id: ID!, $warehouse: ID) {{
  orderFulfillmentCancel(id: $id, input: {{ warehouseId: $warehouse }}) {{ {ERRORS} }}
}}"""
RETURN = f"""mutation Return($order: ID!, $input: OrderReturnProductsInput!) {{
  orderFulfillmentReturnProducts(order: $order, input: $input) {{ {ERRORS} }}
}}"""

UPDATE_SHOP = (
    f"""mutation UpdateShop($input: ShopSettingsInput!) {{ shopSettingsUpdate(input: $input) {{ {ERRORS} }} }}"""
)

INSTALL_APP = f"""mutation InstallApp($input: AppInstallInput!) {{
  appInstall(input: $input) {{ appInstallation {{ id }} {ERRORS} }}
}}"""
INSTALLATIONS = "query Installations { appsInstallations { id status message manifestUrl } }"
APPS = """query Apps {
  apps(first: 100) {
    edges {
      node {
        id name isActive identifier manifestUrl
        webhooks { id name isActive } problems(limit: 100) { key message count dismissed { by } }
      }
    }
  }
}"""
DELETE_APP = f"""mutation DeleteApp($id: ID!) {{ appDelete(id: $id) {{ {ERRORS} }} }}"""
SWITCH_WEBHOOK = f"""mutation SwitchWebhook($id: ID!, $active: Boolean!) {{
  webhookUpdate(id: $id, input: {{ isActive: $active }}) {{ {ERRORS} }}
}}"""
