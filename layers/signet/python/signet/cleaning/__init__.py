"""
Cleaning: addresses, numbers, names, places and times in their normal forms.

All of it is pure: nothing is stored, nothing is asked of the network, and what was written stays
beside what was made of it. Libraries are imported where they are first needed.
"""
