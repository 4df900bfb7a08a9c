"""The commands, a module for each group. What a command needs is imported when it runs, so that `--help` is quick."""
