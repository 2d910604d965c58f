"""WordPress, through its REST API (https://developer.wordpress.org/rest-api/reference/)."""
