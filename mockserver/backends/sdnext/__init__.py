"""SD.Next: a fork of the webui that kept its routes and changed what is behind them."""
