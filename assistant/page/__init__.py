"""What the web page shows: answers as HTML, example questions, and the style and script that come with them."""
