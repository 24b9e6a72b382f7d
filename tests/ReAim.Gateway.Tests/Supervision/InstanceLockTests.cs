using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux.Interop;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Supervision;

[RequiresRoot]
internal sealed class InstanceLockTests
{
    [Test]
    public void A_second_instance_is_refused_in_a_sentence_that_names_the_first_before_anything_is_installed()
    {
        using var world = new NetNamespace("lock");
        using SupervisedRun first = SupervisedRun.Start(world);
        using SupervisedRun second = SupervisedRun.Launch(world, null, [], "steady");
        Assert.Multiple(() =>
        {
            Assert.That(second.WaitForEnd(5000), Is.EqualTo(2));
            Assert.That(second.Lines, Is.EqualTo(new[] { $"reaim runs here already, as process {first.Supervisor}: stop that one first." }));
        });
    }

    [Test]
    public void Each_network_namespace_has_a_lock_of_its_own()
    {
        using var here = new NetNamespace("lock");
        using var there = new NetNamespace("lock");
        using InstanceLock first = here.Inside(() => InstanceLock.Take());
        Assert.That(() => there.Inside(() => InstanceLock.Take()).Dispose(), Throws.Nothing);
    }

    [Test]
    public void A_lock_that_was_given_back_can_be_taken_again()
    {
        using var world = new NetNamespace("lock");
        world.Inside(() => InstanceLock.Take()).Dispose();
        Assert.That(() => world.Inside(() => InstanceLock.Take()).Dispose(), Throws.Nothing);
    }

    [Test]
    public void Where_nobody_asks_for_the_status_nobody_is_let_in()
    {
        using var world = new NetNamespace("lock");
        using InstanceLock held = world.Inside(() => InstanceLock.Take());
        using var listener = new SafeFileHandle(held.Descriptor, ownsHandle: false);
        Assert.That((LibC.AcceptUnix(listener, out Errno error), error), Is.EqualTo(((SafeFileHandle?)null, Errno.Again)));
    }

    [Test]
    public void A_successor_of_a_killed_supervisor_is_not_refused()
    {
        using var world = new NetNamespace("lock");
        using SupervisedRun first = SupervisedRun.Start(world);
        SupervisedRun.Signal(first.Supervisor, "KILL");
        Assert.That(() => world.Inside(() => InstanceLock.Take()).Dispose(), Throws.Nothing);
    }
}
