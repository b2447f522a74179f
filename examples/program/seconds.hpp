// The check of a flag that takes seconds.
#pragma once

namespace CLI {
class Validator;
}

namespace program {

/// A number from `least` to `most`, with a fraction or not. `CLI::Range` takes "nan" for one.
CLI::Validator seconds_between(double least, double most);

} // namespace program
