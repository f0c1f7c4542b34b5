"""One room for each chat network; an adapter knows cards, not tickets."""
