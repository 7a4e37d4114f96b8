#pragma once

namespace tapewatch::model::train {

/// `tapewatch-train quantize …`; argv[0] is "quantize". Exit status 0 done, 1 failed, 2 wrong options.
int run_quantize(int argc, char** argv);

}  // namespace tapewatch::model::train
