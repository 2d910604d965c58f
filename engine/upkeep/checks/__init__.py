"""What the doctor looks at: each check stands alone and needs no other to succeed."""
