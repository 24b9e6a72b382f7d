using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interfaces;
using ReAim.Capture.Linux.Interop;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Netlink;

[RequiresRoot]
internal sealed class InterfaceTests
{
    [Test]
    public void An_interface_is_found_by_name_with_index_and_state()
    {
        using var here = new NetNamespace("gw");
        here.Ip("link", "add", "ppp-like-name-1", "type", "veth", "peer", "name", "other");
        using InterfaceTable table = Open(here);
        Assert.That(table.TryFind("ppp-like-name-1", out NetworkInterface found), Is.EqualTo(Errno.None));
        string index = here.Exec("cat", "/sys/class/net/ppp-like-name-1/ifindex");
        Assert.That((found.Name, found.Index), Is.EqualTo(("ppp-like-name-1", int.Parse(index))));
        Assert.That((found.IsUp, found.IsRunning, found.IsLoopback), Is.EqualTo((false, false, false)));
        here.Ip("link", "set", "ppp-like-name-1", "up");
        here.Ip("link", "set", "other", "up");
        table.TryFind("ppp-like-name-1", out found);
        Assert.That((found.IsUp, found.IsRunning), Is.EqualTo((true, true)));
        table.TryFind("lo", out found);
        Assert.That((found.IsLoopback, found.Index), Is.EqualTo((true, 1)));
    }

    [TestCase("eth7")]
    [TestCase("")]
    [TestCase("a-name-that-is-too-long")]
    [TestCase("naïve")]
    public void A_name_that_no_interface_has_is_no_device(string name)
    {
        using var here = new NetNamespace("gw");
        using InterfaceTable table = Open(here);
        Assert.That(table.TryFind(name, out _), Is.EqualTo(Errno.NoDevice));
    }

    [Test]
    public void Addresses_of_an_interface_come_in_the_order_in_which_they_are_used()
    {
        using var here = new NetNamespace("gw");
        here.Ip("link", "add", "wan0", "type", "veth", "peer", "name", "peer0");
        here.Ip("addr", "add", "203.0.113.7/24", "dev", "wan0");
        here.Ip("addr", "add", "203.0.113.5/24", "dev", "wan0");
        here.Ip("addr", "add", "10.64.0.2", "peer", "10.64.0.1/32", "dev", "wan0");
        here.Ip("link", "set", "wan0", "up");
        here.Ip("addr", "add", "2001:db8::1/64", "dev", "wan0");
        using InterfaceTable table = Open(here);
        table.TryFind("wan0", out NetworkInterface wan);
        var addresses = new List<InterfaceAddress>();
        Assert.That(table.ReadAddresses(wan.Index, addresses), Is.EqualTo(Errno.None));
        Assert.That(addresses, Is.EqualTo(new[]
        {
            new InterfaceAddress(wan.Index, new Ipv4Address(0xCB007107), 24, IsSecondary: false),
            new InterfaceAddress(wan.Index, new Ipv4Address(0x0A400002), 32, IsSecondary: false),
            new InterfaceAddress(wan.Index, new Ipv4Address(0xCB007105), 24, IsSecondary: true),
        }));
        Assert.That(table.ReadAddresses(0, addresses), Is.EqualTo(Errno.None));
        Assert.That(addresses, Has.Count.EqualTo(4), "127.0.0.1 too");
    }

    [Test]
    public void More_addresses_than_fit_into_one_message_are_all_read()
    {
        using var here = new NetNamespace("gw");
        here.Ip("link", "add", "wan0", "type", "veth", "peer", "name", "peer0");
        here.ExecWithInput("ip", string.Concat(Enumerable.Range(0, 2_000).Select(
            i => $"addr add 10.{i / 250}.{i % 250}.1/24 dev wan0\n")), "-b", "-");
        using InterfaceTable table = Open(here);
        table.TryFind("wan0", out NetworkInterface wan);
        var addresses = new List<InterfaceAddress>();
        Assert.That(table.ReadAddresses(wan.Index, addresses), Is.EqualTo(Errno.None));
        Assert.That(addresses.Distinct().Count(), Is.EqualTo(2_000));
    }

    [Test]
    public void Changes_of_addresses_and_links_are_told_and_nothing_else()
    {
        using var here = new NetNamespace("gw");
        here.Ip("link", "add", "wan0", "type", "veth", "peer", "name", "peer0");
        using InterfaceChanges changes = here.Inside(() =>
        {
            Assert.That(InterfaceChanges.TryOpen(out InterfaceChanges? opened), Is.EqualTo(Errno.None));
            return opened!;
        });
        Assert.That(changes.Take(), Is.False);
        here.Ip("addr", "add", "203.0.113.7/24", "dev", "wan0");
        Assert.That(IsReadable(changes));
        Assert.That(changes.Take());
        Assert.That(IsReadable(changes), Is.False);
        here.Ip("addr", "show");
        Assert.That(changes.Take(), Is.False);
        here.Ip("addr", "del", "203.0.113.7/24", "dev", "wan0");
        Assert.That(changes.Take());
        here.Ip("link", "set", "wan0", "up");
        Assert.That(changes.Take());
        here.ExecWithInput("ip", string.Concat(Enumerable.Range(0, 2_000).Select(
            i => $"addr add 10.{i / 250}.{i % 250}.1/24 dev wan0\n")), "-b", "-");
        Assert.That(changes.Take(), "also where not all news found room");
        Assert.That(changes.Take(), Is.False);
    }

    private static bool IsReadable(InterfaceChanges changes)
    {
        Span<PollDescriptor> descriptors =
            [new PollDescriptor { Descriptor = changes.Descriptor, Events = PollDescriptor.Readable }];
        return LibC.Poll(descriptors, milliseconds: 0) == 1;
    }

    private static InterfaceTable Open(NetNamespace host) => host.Inside(() =>
    {
        Assert.That(InterfaceTable.TryOpen(out InterfaceTable? table), Is.EqualTo(Errno.None));
        return table!;
    });
}
