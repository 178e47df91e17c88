"""The functions, called as clients call them."""
