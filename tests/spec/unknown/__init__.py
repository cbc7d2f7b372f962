"""Yes, no and unknown

Every condition answers yes, no or unknown. A blank is never normal: unknown
stays unknown until nothing that is missing could change the answer.
"""
