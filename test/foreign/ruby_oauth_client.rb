#!/usr/bin/ruby
# Ruby's oauth, unmodified, signs in at coauth-sandbox in mode x: with GET for both token calls, with each place for
# the parameters, with oauth_version 1.0a, and with no callback.
#
# usage: ruby_oauth_client.rb COAUTH_SANDBOX
require "json"
require "oauth"

%w[http_proxy https_proxy HTTP_PROXY HTTPS_PROXY].each { |name| ENV.delete(name) }
sandbox = IO.popen([ARGV.fetch(0), "--auto-approve", "--exit-with-parent", "--mode", "x"])
at_exit do
  Process.kill("TERM", sandbox.pid)
  sandbox.close
end
ready = JSON.parse(sandbox.gets)

def consumer_of(ready, **options)
  OAuth::Consumer.new(
    ready["consumer_key"], ready["consumer_secret"], site: ready["url"], ca_file: ready["ca_file"], **options
  )
end

def sign_in(ready, callback, **options)
  consumer = consumer_of(ready, **options)
  begun = callback ? consumer.get_request_token(oauth_callback: callback) : consumer.get_request_token(exclude_callback: true)
  raise "not confirmed" unless begun.callback_confirmed?

  page = consumer.http.get(URI(begun.authorize_url).request_uri)
  verifier = callback ? page["Location"][/oauth_verifier=([^&]+)/, 1] : page.body[%r{<code>(\d{7})</code>}, 1]
  access = begun.get_access_token(oauth_verifier: verifier)
  # A GET has no body for the parameters, wherever they travelled before.
  user = OAuth::AccessToken.new(consumer_of(ready), access.token, access.secret)
  me = user.get("/1.1/account/verify_credentials.json")
  raise "#{options}: #{me.code} #{me.body}" unless me.code == "200" && JSON.parse(me.body)["screen_name"] == "user_1"
end

[{ http_method: :get }, { http_method: :get, scheme: :query_string }, { http_method: :post, scheme: :body },
 { http_method: :post, oauth_version: "1.0a" }, { http_method: :get, oauth_version: "1.0A" }].each do |options|
  sign_in(ready, "http://127.0.0.1:9/cb", **options)
  sign_in(ready, nil, **options)
end
puts "Ruby's oauth: three legs with GET and POST, in header, query and body, with 1.0a, by callback and without one"
