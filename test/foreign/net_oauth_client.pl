#!/usr/bin/perl
# Perl's Net::OAuth, unmodified, signs in at coauth-sandbox and reads a profile.
#
# usage: net_oauth_client.pl COAUTH_SANDBOX
use strict;
use warnings;

use HTTP::Request::Common qw(GET POST);
use JSON::PP;
use LWP::UserAgent;
use Net::OAuth;

$Net::OAuth::PROTOCOL_VERSION = Net::OAuth::PROTOCOL_VERSION_1_0A;

my $program = shift or die "usage: net_oauth_client.pl COAUTH_SANDBOX\n";
my $pid = open(my $sandbox, '-|', $program, '--auto-approve') or die "can't start $program: $!";
my $ready = decode_json(scalar <$sandbox>);

my $agent = LWP::UserAgent->new(
    ssl_opts => { SSL_ca_file => $ready->{ca_file}, verify_hostname => 1 }, max_redirect => 0, requests_redirectable => []);

sub signed {
    my ($kind, $method, $url, %more) = @_;
    my $request = Net::OAuth->request($kind)->new(
        consumer_key     => $ready->{consumer_key},
        consumer_secret  => $ready->{consumer_secret},
        request_url      => $url,
        request_method   => $method,
        signature_method => 'HMAC-SHA1',
        timestamp        => time,
        nonce            => join('', map { sprintf '%02x', $_ } unpack('C*', random_octets(16))),
        %more);
    $request->sign;
    my $full = $url;
    if (my $extra = $more{extra_params}) {
        $full .= '?' . join('&', map { "$_=$extra->{$_}" } sort keys %$extra);
    }
    my $http = HTTP::Request->new($method, $full, [Authorization => $request->to_authorization_header]);
    $http->header('Content-Length' => 0) if $method eq 'POST';
    return $agent->request($http);
}

sub random_octets {
    my ($size) = @_;
    open(my $random, '<:raw', '/dev/urandom') or die;
    read($random, my $octets, $size) == $size or die;
    return $octets;
}

sub expect {
    my ($response, $status) = @_;
    die 'expected HTTP ' . $status . ', got ' . $response->as_string unless $response->code == $status;
    return $response;
}

eval {
    my $first = expect(signed('request token', 'POST', "$ready->{url}/oauth/request_token", callback => 'http://127.0.0.1:9/cb'), 200);
    my $temporary = Net::OAuth->response('request token')->from_post_body($first->content);
    die 'not confirmed' unless $temporary->callback_confirmed eq 'true';

    my $page = $agent->request(GET "$ready->{url}/oauth/authenticate?oauth_token=" . $temporary->token);
    my $back = $page->header('Location') // die 'no redirect: ' . $page->as_string;
    my ($verifier) = $back =~ /oauth_verifier=([^&]+)/ or die "no verifier in $back";

    my $third = expect(signed('access token', 'POST', "$ready->{url}/oauth/access_token",
        token => $temporary->token, token_secret => $temporary->token_secret, verifier => $verifier), 200);
    my $access = Net::OAuth->response('access token')->from_post_body($third->content);

    my $show = expect(signed('protected resource', 'GET', "$ready->{url}/1.1/users/show.json",
        token => $access->token, token_secret => $access->token_secret, extra_params => { screen_name => 'user_1' }), 200);
    my $profile = decode_json($show->content);
    die 'wrong user' unless $profile->{screen_name} eq 'user_1';

    my $me = expect(signed('protected resource', 'GET', "$ready->{url}/2/users/me",
        token => $access->token, token_secret => $access->token_secret), 200);
    die 'wrong user' unless decode_json($me->content)->{data}{id} eq $profile->{id_str};
    print "Net::OAuth: three legs by callback, and a profile from both APIs\n";
    1;
};
my $problem = $@;
kill 'TERM', $pid;
close $sandbox;
die $problem if $problem;
