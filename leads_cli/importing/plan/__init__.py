"""What an import will send: columns mapped to lead fields, leads written to a worklist."""
