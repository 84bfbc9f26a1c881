// A module that registers nothing.
