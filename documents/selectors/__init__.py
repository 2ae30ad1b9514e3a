"""What pages ask about documents and images: queries that change nothing."""
