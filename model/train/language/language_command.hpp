#pragma once

namespace tapewatch::model::train {

/// `tapewatch-train language …`; argv[0] is "language". Exit status 0 done, 1 failed, 2 wrong options.
int run_language(int argc, char** argv);

}  // namespace tapewatch::model::train
