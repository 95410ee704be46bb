"""One module for each subcommand; what is heavy is imported when it runs."""
