"""How large, how long and how many requests may be, where a server and its gateways end them."""
