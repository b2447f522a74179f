// The login server in a real browser: node login_server_test.mjs LOGIN_SERVER COAUTH_SANDBOX
//
// Each scenario has a sandbox, a login server and users' browsers of its own. COAUTH_SCREENSHOTS
// names a folder to keep pictures of the pages in.
import './login_server/signing_in.mjs'
import './login_server/windows.mjs'
import './login_server/other_visitors.mjs'
import './login_server/devices.mjs'
import './login_server/providers.mjs'
