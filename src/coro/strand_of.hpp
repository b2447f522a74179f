// A strand that fits into an executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>

namespace coauth {

/// A strand of `executor`, or that itself if it is an io_context's strand. A strand of an `any_io_executor` is too large for
/// another one, and Asio copies it to the heap with each of its copies; one of an io_context, which most programs run on, is not.
boost::asio::any_io_executor strand_of(const boost::asio::any_io_executor& executor);

} // namespace coauth
