#pragma once

namespace tapewatch::model::train {

/// `tapewatch-train mask …`: goes on with the pre-training of an encoder. → the exit status.
int run_mask(int argc, char** argv);

}  // namespace tapewatch::model::train
