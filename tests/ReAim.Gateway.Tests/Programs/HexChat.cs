using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>HexChat on a display that nobody sees; a Perl script reads commands from a pipe and writes down what is shown.</summary>
internal sealed class HexChat(NetNamespace place, string nick) : IrcClient(place, nick)
{
    private const string Script = """
        use strict; use Fcntl;
        HexChat::register('orders', '1', 'Commands from a pipe');
        my $home = HexChat::get_info('configdir');
        open(my $shown, '>>', "$home/shown"); $shown->autoflush(1);
        sysopen(my $orders, "$home/orders", O_RDWR | O_NONBLOCK) or die $!;
        my $rest = '';
        HexChat::hook_fd($orders, sub {
          sysread($orders, my $bytes, 65536) or return 1;
          $rest .= $bytes;
          while ($rest =~ s/^([^\n]*)\n//) { HexChat::command($1) }
          return 1;
        }, { flags => HexChat::FD_READ });
        HexChat::hook_timer(100, sub { HexChat::command("server $ENV{IRC_SERVER}"); return 0 });
        for my $event ('Connected', 'Connection Failed', 'Disconnected', 'MOTD', 'Server Text', 'DCC CHAT Abort', 'DCC CHAT Connect',
            'DCC CHAT Failed', 'DCC CHAT Offer', 'DCC CHAT Offering', 'DCC CHAT Text', 'DCC Conection Failed', 'DCC Generic Offer',
            'DCC Offer', 'DCC Offer Not Valid', 'DCC RECV Abort', 'DCC RECV Complete', 'DCC RECV Connect', 'DCC RECV Failed',
            'DCC RECV File Open Error', 'DCC Rename', 'DCC RESUME Request', 'DCC SEND Abort', 'DCC SEND Complete', 'DCC SEND Connect',
            'DCC SEND Failed', 'DCC SEND Offer', 'DCC Stall', 'DCC Timeout', 'Malformed DCC Packet', 'Received Message', 'Private Message', 'Private Message to Dialog') {
          HexChat::hook_print($event, sub { print $shown join(' ', "$event:", map { $_ // '' } @{$_[0]}), "\n"; return HexChat::EAT_NONE });
        }
        """;

    private string Shown => Folder["shown"];

    private string Orders => Folder["orders"];

    public override IReadOnlyList<string> Lines => ReadLines(Shown);

    /// <summary>A script's commands have no stroke.</summary>
    public override void Order(string command) => WriteToPipe(Orders, command.TrimStart('/'));

    public override void UsePort(int port)
    {
        Order($"/set dcc_port_first {port}");
        Order($"/set dcc_port_last {port}");
    }

    public override void OfferPassive(string to, string path) => Order($"/dcc psend {to} {Quote(path)}");

    /// <summary>Its commands cannot have a quote in a word, but a name may be a pattern.</summary>
    protected override string Quote(string path) => path.AsSpan().ContainsAny(' ', '"') ? $"\"{path.Replace('"', '?')}\"" : path;

    public override bool IsChatting(string with) => HasShown($"DCC CHAT Connect: {with}");

    public override bool HasHeardInChat(string from, string text) =>
        Lines.Any(line => line.Contains(from, StringComparison.Ordinal) && line.Contains(text, StringComparison.Ordinal));

    protected override LiveProgram Launch(IrcAccess access)
    {
        MakePipe("orders");
        Folder.Write("addons/orders.pl", Script);
        Folder.Write("hexchat.conf", $"""
            dcc_auto_chat = 1
            dcc_auto_recv = 2
            dcc_auto_resume = 1
            dcc_dir = {Downloads}
            dcc_remove = 0
            gui_slist_skip = 1
            gui_autoopen_chat = 0
            gui_autoopen_recv = 0
            gui_autoopen_send = 0
            identd = 0
            irc_nick1 = {Nick}
            irc_user_name = {Nick}
            irc_real_name = {Nick}
            """);

        // It refuses to be root, and would look for a bus.
        return new LiveProgram(
            Place, Folder.Name, true, $"IRC_SERVER={access.Address} {IrcAccess.Port} {access.Password}", "NO_AT_BRIDGE=1", "DBUS_SESSION_BUS_ADDRESS=disabled:",
            "xvfb-run", "-a", "-n", $"{90 + (Environment.ProcessId % 100)}", "hexchat", "--cfgdir", Folder.Name);
    }
}
