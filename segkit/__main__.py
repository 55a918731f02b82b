"""`python -m segkit` is the same as the command `segkit`."""

from segkit.cli import main

if __name__ == "__main__":
    main()
