"""Two facts in time"""
