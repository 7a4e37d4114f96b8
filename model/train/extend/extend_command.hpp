#pragma once

namespace tapewatch::model::train {

/// `tapewatch-train extend …`; argv[0] is "extend". Exit status 0 done, 1 failed, 2 wrong options.
int run_extend(int argc, char** argv);

}  // namespace tapewatch::model::train
