"""Laws that every kind obeys. A new kind brings its examples and no test."""
