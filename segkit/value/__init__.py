"""What an account is worth today: RFM, ABC, regularity, growth, tenure."""
