"""What a programme does: levers by month, interventions and shocks that move them, and what that costs."""
