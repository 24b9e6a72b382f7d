using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Firewalls;

/// <summary>ufw with a gateway's additions to its files, as its manual has them; <c>/etc/ufw</c> is a folder of the test.</summary>
internal sealed class Ufw(HomeGateway gateway) : Firewall(gateway)
{
    private static readonly string[] s_files = ["after.init", "after.rules", "after6.rules", "before.init", "before.rules", "before6.rules", "user.rules", "user6.rules"];

    private (string Ours, string Theirs)[] Mounts =>
        [(Folder["ufw"], "/etc/ufw"), (Folder["default"], "/etc/default/ufw")];

    public override void Start()
    {
        string files = Directory.CreateDirectory(Folder["ufw/applications.d"]).Parent!.FullName;
        foreach (string file in s_files)
        {
            // The package's own, whatever stands in /etc.
            string origin = new[] { $"/usr/share/ufw/{file}", $"/usr/share/ufw/iptables/{file}", $"/etc/ufw/{file}" }.First(File.Exists);
            File.Copy(origin, Path.Combine(files, file));
        }

        string before = Path.Combine(files, "before.rules");
        string rules = File.ReadAllText(before).Replace(
            "# don't delete the 'COMMIT' line", "-A ufw-before-forward -m conntrack --ctstate DNAT -j ACCEPT\n# don't delete the 'COMMIT' line", StringComparison.Ordinal);
        File.WriteAllText(before, $"*nat\n:POSTROUTING ACCEPT [0:0]\n-F POSTROUTING\n-A POSTROUTING -o wan -j MASQUERADE\nCOMMIT\n{rules}");
        Folder.Write("ufw/ufw.conf", "ENABLED=no\nLOGLEVEL=off\n");
        Folder.Write("default", """
            IPV6=no
            DEFAULT_INPUT_POLICY="DROP"
            DEFAULT_OUTPUT_POLICY="ACCEPT"
            DEFAULT_FORWARD_POLICY="DROP"
            DEFAULT_APPLICATION_POLICY="SKIP"
            MANAGE_BUILTINS=no
            IPT_SYSCTL=
            IPT_MODULES=""

            """);
        RunWith(Mounts, "ufw", "route", "allow", "in", "on", "lan", "out", "on", "wan");
        RunWith(Mounts, "ufw", "--force", "enable");
    }

    public override void Reload() => RunWith(Mounts, "ufw", "reload");
}
