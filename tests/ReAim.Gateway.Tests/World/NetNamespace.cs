using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Gateway.Tests.World;

/// <summary>A network namespace that this test made and removes: a host of its own with a real kernel's TCP.</summary>
internal sealed partial class NetNamespace : IDisposable
{
    private const int CloneNewNet = 0x4000_0000;
    private static int s_count;

    /// <summary>What a test run that was killed has left behind is removed before the first one is made.</summary>
    static NetNamespace()
    {
        foreach (string file in Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns", "rt*-*") : [])
        {
            string name = Path.GetFileName(file);
            if (int.TryParse(name[2..].Split('-')[0], out int owner) && !Directory.Exists($"/proc/{owner}"))
            {
                Shell.TryRun("ip", "", "netns", "del", name);
            }
        }
    }

    public NetNamespace(string role)
    {
        Name = $"rt{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}-{role}";
        Shell.Run("ip", "netns", "add", Name);
        Ip("link", "set", "lo", "up");
    }

    /// <summary>Its name for <c>ip netns</c>.</summary>
    public string Name { get; }

    /// <summary>Runs <c>ip</c> in it.</summary>
    public string Ip(params string[] arguments) => Shell.Run("ip", ["-n", Name, .. arguments]);

    /// <summary>Several commands of <c>ip</c> at once, a line each.</summary>
    public void IpBatch(params string[] lines) => Shell.RunWithInput("ip", string.Join('\n', lines), "-n", Name, "-batch", "-");

    /// <summary>Sets values under <c>/proc/sys/net</c>.</summary>
    public void Sysctl(params (string Path, string Value)[] values) => Inside(() =>
    {
        foreach ((string path, string value) in values)
        {
            File.WriteAllText(Path.Combine("/proc/sys/net", path), value);
        }

        return true;
    });

    /// <summary>Runs a program in it, which must succeed.</summary>
    public string Exec(string program, params string[] arguments) => Shell.Run("ip", ["netns", "exec", Name, program, .. arguments]);

    /// <summary>Runs a program in it with text on its standard input, which must succeed.</summary>
    public string ExecWithInput(string program, string input, params string[] arguments) =>
        Shell.RunWithInput("ip", input, ["netns", "exec", Name, program, .. arguments]);

    /// <summary>Runs a program in it.</summary>
    public (int Code, string Output, string Error) TryExec(string program, params string[] arguments) =>
        Shell.TryRun("ip", "", ["netns", "exec", Name, program, .. arguments]);

    /// <summary>
    /// Does something on a thread inside the namespace. A socket made there stays there, whatever thread uses it later.
    /// </summary>
    public T Inside<T>(Func<T> action)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                // .NET opens no file of this kind.
                using var handle = new SafeFileHandle(Open($"/run/netns/{Name}", 0), ownsHandle: true);
                if (SetNs(handle, CloneNewNet) != 0)
                {
                    throw new InvalidOperationException($"setns: error {Marshal.GetLastPInvokeError()}");
                }

                result = action();
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new InvalidOperationException(failure.Message, failure);
    }

    public void Dispose() => Shell.TryRun("ip", "", "netns", "del", Name);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(SafeFileHandle fd, int type);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);
}
