"""Numbers become a picture: one folder a family, one file a method."""
