"""What people leave behind: accounts, conversations, feedback; and what is exported of them."""
