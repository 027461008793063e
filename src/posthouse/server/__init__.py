"""The web server of a site: the endpoints of its adapters behind one port."""
