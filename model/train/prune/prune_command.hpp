#pragma once

namespace tapewatch::model::train {

/// `tapewatch-train prune …`; argv[0] is `prune`. Exit status 0, 1 failed, 2 wrong usage.
int run_prune(int argc, char** argv);

}  // namespace tapewatch::model::train
