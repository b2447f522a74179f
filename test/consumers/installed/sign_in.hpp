#pragma once

/// True if a person was signed in at a sandbox and their profile arrived.
bool signs_in();
