#pragma once

/// True if a user was signed in at a sandbox and their profile arrived.
bool signs_in();
