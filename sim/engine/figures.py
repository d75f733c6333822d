"""Parameters and zones as the engine reads them."""

import numpy as np

from sim.engine.layout import FIGURES
