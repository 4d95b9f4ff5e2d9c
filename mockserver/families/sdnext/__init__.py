"""SD.Next: a fork of the webui with an API that kept its routes and changed what is behind them."""
