"""WAMP components of Vedette, and what runs beside them."""
